import { needTexts } from '$lib/i18n/index.ts'

export const load = (): Promise<void> => needTexts('sites')
