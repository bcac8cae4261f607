import { convert } from '../convert.js'

export default async function ([value, from, to]) {
  const result = await convert(Number(value), from, to)
  return `${value} ${from} = ${result} ${to}`
}
