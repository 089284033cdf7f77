"""The capital of each state, by the codes of both.

No answer of the upstream says which city is a capital. The names are those on IBGE's page about
each state, under "Capital" (https://www.ibge.gov.br/cidades-e-estados); the codes are those of the
cities with these names. Capitals hardly ever change: the last to come was Palmas, in 1990.

The Federal District may not be divided into municipalities (Constitution, article 32). IBGE counts
one in it, Brasília, which is the capital of the country (article 18, paragraph 1).
"""

CAPITALS = {
    11: 1100205,  # Porto Velho
    12: 1200401,  # Rio Branco
    13: 1302603,  # Manaus
    14: 1400100,  # Boa Vista
    15: 1501402,  # Belém
    16: 1600303,  # Macapá
    17: 1721000,  # Palmas
    21: 2111300,  # São Luís
    22: 2211001,  # Teresina
    23: 2304400,  # Fortaleza
    24: 2408102,  # Natal
    25: 2507507,  # João Pessoa
    26: 2611606,  # Recife
    27: 2704302,  # Maceió
    28: 2800308,  # Aracaju
    29: 2927408,  # Salvador
    31: 3106200,  # Belo Horizonte
    32: 3205309,  # Vitória
    33: 3304557,  # Rio de Janeiro
    35: 3550308,  # São Paulo
    41: 4106902,  # Curitiba
    42: 4205407,  # Florianópolis
    43: 4314902,  # Porto Alegre
    50: 5002704,  # Campo Grande
    51: 5103403,  # Cuiabá
    52: 5208707,  # Goiânia
    53: 5300108,  # Brasília
}
