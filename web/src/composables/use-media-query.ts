import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** Whether a media query holds, as long as the caller lives. */
export function useMediaQuery(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query)
  const holds = ref(list.matches)
  const tell = (): void => {
    holds.value = list.matches
  }
  list.addEventListener('change', tell)
  onScopeDispose(() => list.removeEventListener('change', tell))
  return readonly(holds)
}
