import { defineStore } from 'pinia'
import { ref } from 'vue'

export type Theme = 'light' | 'dark'

/** Follows the system until a person chooses; the choice is kept in this browser. */
export const useTheme = defineStore('theme', () => {
  const theme = ref<Theme>(chosen() ?? preferred())

  function toggle(): void {
    theme.value = theme.value === 'dark' ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = theme.value
    localStorage.setItem('gemba.theme', theme.value)
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (chosen() === null) theme.value = preferred()
  })

  return { theme, toggle }
})

function chosen(): Theme | null {
  const theme = document.documentElement.dataset['theme']
  return theme === 'light' || theme === 'dark' ? theme : null
}

function preferred(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}
