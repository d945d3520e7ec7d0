/**
 * Pictures of pages of a running service, to be looked at: `node --import tsx dashboard/scripts/page-pictures.ts --origin
 * http://localhost:8080 gallery sign-in`. Each page at two widths, in both colours and languages, into `artifacts/`.
 */
import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { launchBrowser } from '@repartee/tools/launch-browser'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    origin: { type: 'string', default: 'http://localhost:8080' },
    out: { type: 'string', default: 'artifacts/screenshots' },
    /** JSON of Playwright's `storageState`, of somebody who is signed in. */
    state: { type: 'string' },
    lang: { type: 'string', multiple: true, default: ['en', 'vi'] },
    theme: { type: 'string', multiple: true, default: ['light', 'dark'] },
    width: { type: 'string', multiple: true, default: ['1280', '375'] },
  },
})

mkdirSync(values.out, { recursive: true })
const browser = await launchBrowser()
for (const language of values.lang)
  for (const theme of values.theme)
    for (const width of values.width) {
      const context = await browser.newContext({
        viewport: { width: Number(width), height: 900 },
        colorScheme: theme === 'dark' ? 'dark' : 'light',
        locale: language,
        reducedMotion: 'reduce',
        ...(values.state !== undefined && { storageState: values.state }),
      })
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') console.log(`${page.url()}: ${message.text()}`)
      })
      page.on('pageerror', (error) => console.log(`${page.url()}: ${error.stack}`))
      for (const path of positionals) {
        await page.goto(`${values.origin}/dashboard/${path}`)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle')
        const name = `${path.replace(/\W+/g, '-')}-${width}-${theme}-${language}.png`
        await page.screenshot({ path: `${values.out}/${name}`, fullPage: true })
      }
      await context.close()
    }
await browser.close()
