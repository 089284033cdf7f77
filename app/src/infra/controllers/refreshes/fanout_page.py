"""The page `/fanout`, which shows one feature's collections, in the words of that feature."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from html import escape
from string import Template

from fastapi import Request

from src.infra.controllers.pages_controller import CURRENT, FILES, Page
from src.infra.controllers.refreshes.refresh_words import RefreshWords

PATH = "/fanout"

_TITLE = re.compile(r'<h2 id="([^"]+)">(.+?)</h2>')

# Words that agree with the name of the roots, in the masculine.
_IN_HTML = ("o", "os", "Os", "um", "todos", "dele", "juntos", "quantos")
_IN_SCRIPTS = (
    *("o", "os", "um", "nenhum", "todos", "outros", "mesmo", "dele", "completo", "incompleto"),
)


def fanout_page(collected: Sequence[RefreshWords], *, has_experiments: bool = False) -> Page:
    """The page for what is collected; its address may choose one by name, else it is the first.

    `has_experiments` says whether people may experiment with the upstream, which is a stand-in.
    """
    by_name = {words.name: words for words in collected}

    @lru_cache(maxsize=len(by_name))
    def values(name: str) -> Mapping[str, str]:
        shown = by_name[name]
        values = {**_values(shown, has_experiments=has_experiments)}
        panel = FILES["experiment.html"].read_text(encoding="utf-8") if has_experiments else ""
        values["experiment"] = Template(panel).safe_substitute(values)
        return {**values, "choice": _choice(collected, shown)}

    def chosen(request: Request) -> Mapping[str, str]:
        first = collected[0].name
        name = request.query_params.get("coleta", first)
        return values(name if name in by_name else first)

    return Page(PATH, "fanout.html", "ver o fan-out", link="Ver o fan-out", values=chosen)


def _values(words: RefreshWords, *, has_experiments: bool) -> dict[str, str]:
    roots, settings = words.roots, words.settings
    limits = ", ".join(
        f"<code>{name}</code>" for name in (settings.roots, settings.requests) if name
    )
    attempts = "um número limitado de vezes"
    if settings.attempts:
        attempts = f"com no máximo <code>{settings.attempts}</code> tentativas"
    style = f'<link rel="stylesheet" href="assets/{words.page_style}">' if words.page_style else ""
    section = FILES[words.page_section].read_text(encoding="utf-8") if words.page_section else ""
    titles = [f'<a href="#{anchor}">{title}</a>' for anchor, title in _TITLE.findall(section)]
    for_script = {**_for_script(words), "hasExperiments": has_experiments}
    return {
        **{word: roots.agreeing(word) for word in _IN_HTML},
        "root": escape(roots.singular),
        "Root": escape(roots.singular.capitalize()),
        "roots": escape(roots.plural),
        "Roots": escape(roots.plural.capitalize()),
        "upstream": escape(words.upstream),
        "address": words.path.removeprefix("/"),
        "requests": escape(_requests(words)),
        "limits": f" ({limits})" if limits else "",
        "attempts": attempts,
        "style": style,
        "section": section,
        "section_link": "".join(titles),
        "unrecorded": "" if words.page_recording else "hidden",
        "collected": escape(json.dumps(for_script, ensure_ascii=False)),
    }


def _requests(words: RefreshWords) -> str:
    """Which requests are made, level by level."""
    roots = words.roots
    steps = []
    if words.roots_are_requested:
        steps.append(f"uma requisição traz a lista d{roots.agreeing('os')} {roots.plural}")
    for above, level in zip(words.levels, words.levels[1:], strict=False):
        brought = f"{level.agreeing('os')} {level.plural}"
        if above is not roots:
            steps.append(f"e uma por {above.singular}, {brought}")
        elif words.roots_are_requested:
            steps.append(f"daí, ao mesmo tempo, uma por {above.singular} traz {brought}")
        else:
            steps.append(f"ao mesmo tempo, uma requisição por {above.singular} traz {brought}")
    return "; ".join(steps)


def _choice(collected: Sequence[RefreshWords], shown: RefreshWords) -> str:
    """Links to what else is collected; nothing if that is all."""
    if len(collected) == 1:
        return ""
    links = [
        f'<a href="{PATH.removeprefix("/")}?coleta={words.name}"'
        f"{CURRENT if words is shown else ''}>{escape(_title(words))}</a>"
        for words in collected
    ]
    return f'<nav class="choice" aria-label="Coletas">{"".join(links)}</nav>'


def _title(words: RefreshWords) -> str:
    *others, last = (level.plural for level in words.levels)
    names = f"{', '.join(others)} e {last}" if others else last
    return f"{names[0].upper()}{names[1:]} d{words.upstream}"


def _for_script(words: RefreshWords) -> dict[str, object]:
    return {
        "address": words.path.removeprefix("/"),
        "data": words.data.removeprefix("/"),
        "levels": [asdict(level) for level in words.levels],
        "part": asdict(words.part),
        "forms": {word: words.roots.agreeing(word) for word in _IN_SCRIPTS},
        "shortName": words.short_name,
        "upstream": words.upstream,
        "settings": asdict(words.settings),
        "rootsAreRequested": words.roots_are_requested,
        "script": words.page_script,
        "recording": words.page_recording,
    }
