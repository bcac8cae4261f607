/**
 * A part of an element that is written by hand: it remembers what it says, and touches the page only where that changes.
 * What it is told is text, never markup.
 */
export class Part {
  readonly element: Element
  readonly #told = new Map<string, string | null>()
  #text: string | undefined
  #style: string | undefined
  /** Stands where the part is left out. */
  #gap: Comment | null = null

  constructor(element: Element) {
    this.element = element
  }

  /** Sets what it says. */
  say(text: string): void {
    if (text === this.#text) return
    this.#text = text
    // Said of the text before: see `tellCut`.
    if (this.element.hasAttribute('data-cut')) this.element.removeAttribute('title')
    const { firstChild } = this.element
    // Less work for the browser than another text node.
    if (firstChild instanceof Text) firstChild.data = text
    else this.element.textContent = text
  }

  /** Sets an attribute; null takes it away. */
  set(name: string, value: string | null): void {
    if (this.#told.get(name) === value) return
    this.#told.set(name, value)
    if (value === null) this.element.removeAttribute(name)
    else this.element.setAttribute(name, value)
  }

  /** Sets its whole style. By the object model: the content security policy allows no style in markup. */
  style(text: string): void {
    if (text === this.#style) return
    this.#style = text
    ;(this.element as unknown as ElementCSSInlineStyle).style.cssText = text
  }

  /** Puts it into the page, or leaves it out, whose place it keeps. */
  show(is: boolean): void {
    if (is === (this.#gap === null)) return
    if (is) this.#gap?.replaceWith(this.element)
    else this.element.replaceWith((this.#gap = document.createComment('')))
    if (is) this.#gap = null
  }
}

/** An element with its parts, each named by its attribute `data-part`. */
export class Face {
  readonly #parts = new Map<string, Part>()

  constructor(root: Element) {
    for (const element of [root, ...root.querySelectorAll('[data-part]')]) {
      const name = element.getAttribute('data-part')
      if (name !== null) this.#parts.set(name, new Part(element))
    }
  }

  /** Undefined when the element has no such part now. */
  part(name: string): Part | undefined {
    return this.#parts.get(name)
  }

  /** Everything is in the page again. */
  restore(): void {
    for (const part of this.#parts.values()) part.show(true)
  }
}
