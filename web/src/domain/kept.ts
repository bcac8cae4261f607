/** Makes each text's value once, and keeps up to `atMost` of them: for what long lists ask again and again. */
export function kept<Value>(make: (text: string) => Value, atMost: number): (text: string) => Value {
  const values = new Map<string, Value>()
  return (text) => {
    const known = values.get(text)
    if (known !== undefined) return known
    if (values.size >= atMost) values.clear()
    const value = make(text)
    values.set(text, value)
    return value
  }
}
