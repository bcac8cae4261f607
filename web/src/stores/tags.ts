import { defineStore } from 'pinia'
import { computed } from 'vue'
import { indexTags, tagChoices } from '../../../model/tags.ts'
import { useBeads } from './beads.ts'

/** The pills that there are: read once for all cards that show some. */
export const useTags = defineStore('tags', () => {
  const beads = useBeads()
  const index = computed(() => indexTags(beads.held.values()))
  const choices = computed(() => tagChoices(index.value))
  return { index, choices }
})
