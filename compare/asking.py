"""What the ways on one thread have in common: they ask the upstream and keep its rows."""

import aiohttp

from compare.rows import Row, place


class Upstream:
    """Asks for places; counts the requests that are under way at once and those that fail."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._under_way = 0
        self.most_under_way = 0
        self.failures: list[str] = []

    async def states(self, session: aiohttp.ClientSession) -> list[Row]:
        """All states."""
        return [place(row) for row in await self._rows(session, "/estados")]

    async def cities(self, session: aiohttp.ClientSession, state: Row) -> list[Row]:
        """The cities of a state."""
        path = f"/estados/{state['id']}/municipios"
        return [place(row) for row in await self._rows(session, path)]

    async def districts(self, session: aiohttp.ClientSession, city: Row) -> list[Row]:
        """The districts of a city."""
        path = f"/municipios/{city['id']}/distritos"
        return [place(row) for row in await self._rows(session, path)]

    async def districts_by_city(
        self, session: aiohttp.ClientSession, state: Row
    ) -> dict[int, list[Row]]:
        """The districts of a state, by the id of their city."""
        by_city: dict[int, list[Row]] = {}
        for row in await self._rows(session, f"/estados/{state['id']}/distritos"):
            by_city.setdefault(row["municipio"]["id"], []).append(place(row))
        return by_city

    async def _rows(self, session: aiohttp.ClientSession, path: str) -> list[Row]:
        """The rows at a path; none if the request fails."""
        self._under_way += 1
        self.most_under_way = max(self.most_under_way, self._under_way)
        try:
            async with session.get(self._base_url + path, raise_for_status=True) as response:
                found = await response.json()
        except (aiohttp.ClientError, OSError) as exc:
            self.failures.append(str(exc) or type(exc).__name__)
            return []
        finally:
            self._under_way -= 1
        # The upstream answers a single row without a list around it.
        return found if isinstance(found, list) else [found]
