"""The headers that only answers with places have, for the documentation."""

from src.infra.controllers.documented_responses import COUNT, header

ON_PAGES = ("X-Total-Count", "Link")

HEADERS = {
    "X-Total-Count": header("O total de resultados encontrados", 42, schema=COUNT),
    "Link": header(
        "Os endereços da primeira página, da anterior, da próxima e da última (RFC 8288)",
        '</api/v1/cities?q=sao&limit=20&offset=20>; rel="next"',
    ),
    "Content-Disposition": header(
        "Só em CSV: o nome com que o navegador salva o arquivo",
        'attachment; filename="estados-e-cidades.csv"',
        always=False,
    ),
}
