// The 27 states, which the pages show before any answer comes. `row` and `column` place each on a
// map of equal tiles.
export const STATES = [
  { id: 11, sigla: "RO", nome: "Rondônia", regiao: "Norte", row: 2, column: 1 },
  { id: 12, sigla: "AC", nome: "Acre", regiao: "Norte", row: 2, column: 0 },
  { id: 13, sigla: "AM", nome: "Amazonas", regiao: "Norte", row: 1, column: 1 },
  { id: 14, sigla: "RR", nome: "Roraima", regiao: "Norte", row: 0, column: 2 },
  { id: 15, sigla: "PA", nome: "Pará", regiao: "Norte", row: 1, column: 2 },
  { id: 16, sigla: "AP", nome: "Amapá", regiao: "Norte", row: 0, column: 3 },
  { id: 17, sigla: "TO", nome: "Tocantins", regiao: "Norte", row: 2, column: 2 },
  { id: 21, sigla: "MA", nome: "Maranhão", regiao: "Nordeste", row: 1, column: 3 },
  { id: 22, sigla: "PI", nome: "Piauí", regiao: "Nordeste", row: 2, column: 3 },
  { id: 23, sigla: "CE", nome: "Ceará", regiao: "Nordeste", row: 1, column: 4 },
  { id: 24, sigla: "RN", nome: "Rio Grande do Norte", regiao: "Nordeste", row: 1, column: 5 },
  { id: 25, sigla: "PB", nome: "Paraíba", regiao: "Nordeste", row: 2, column: 5 },
  { id: 26, sigla: "PE", nome: "Pernambuco", regiao: "Nordeste", row: 2, column: 4 },
  { id: 27, sigla: "AL", nome: "Alagoas", regiao: "Nordeste", row: 3, column: 5 },
  { id: 28, sigla: "SE", nome: "Sergipe", regiao: "Nordeste", row: 4, column: 5 },
  { id: 29, sigla: "BA", nome: "Bahia", regiao: "Nordeste", row: 3, column: 4 },
  { id: 31, sigla: "MG", nome: "Minas Gerais", regiao: "Sudeste", row: 4, column: 3 },
  { id: 32, sigla: "ES", nome: "Espírito Santo", regiao: "Sudeste", row: 4, column: 4 },
  { id: 33, sigla: "RJ", nome: "Rio de Janeiro", regiao: "Sudeste", row: 5, column: 3 },
  { id: 35, sigla: "SP", nome: "São Paulo", regiao: "Sudeste", row: 4, column: 2 },
  { id: 41, sigla: "PR", nome: "Paraná", regiao: "Sul", row: 5, column: 2 },
  { id: 42, sigla: "SC", nome: "Santa Catarina", regiao: "Sul", row: 6, column: 2 },
  { id: 43, sigla: "RS", nome: "Rio Grande do Sul", regiao: "Sul", row: 7, column: 2 },
  { id: 50, sigla: "MS", nome: "Mato Grosso do Sul", regiao: "Centro-Oeste", row: 4, column: 1 },
  { id: 51, sigla: "MT", nome: "Mato Grosso", regiao: "Centro-Oeste", row: 3, column: 1 },
  { id: 52, sigla: "GO", nome: "Goiás", regiao: "Centro-Oeste", row: 3, column: 2 },
  { id: 53, sigla: "DF", nome: "Distrito Federal", regiao: "Centro-Oeste", row: 3, column: 3 },
];

/** The cell of a state's tile in the map's CSS grid, which counts from 1. */
export function gridArea({ row, column }) {
  return `${row + 1} / ${column + 1}`;
}
