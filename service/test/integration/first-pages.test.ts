import { expect, test } from 'vitest'
import { setUpOperator } from '../../testing/dashboard-browser.ts'
import { newDatabase, startService } from '../../testing/start-service.ts'

test('the root leads to the dashboard; the demo stays until the operator deletes its site', async () => {
  const env = await newDatabase()
  const statusOf = async (url: string, path: string): Promise<[number, string | null]> => {
    const response = await fetch(url + path, { redirect: 'manual' })
    return [response.status, response.headers.get('location')]
  }
  const first = await startService(env)
  try {
    expect(await statusOf(first.url, '/')).toEqual([302, '/dashboard/'])
    expect(await statusOf(first.url, '/demo/')).toEqual([200, null])
    const operator = await setUpOperator(first)
    expect((await operator.send<{ sites: { key: string }[] }>('GET', '/sites')).body.sites).toMatchObject([
      { key: 'demo' },
    ])
    expect((await operator.send('DELETE', '/sites/demo')).status).toBe(200)
  } finally {
    await first.close()
  }
  const second = await startService(env)
  try {
    expect([second.demo, second.setupUrl]).toEqual([false, null])
    expect(await statusOf(second.url, '/demo/')).toEqual([404, null])
  } finally {
    await second.dispose()
  }
})

test('a site that lists the dashboard’s origin ends the start with a sentence that says what to do', async () => {
  const env = await newDatabase()
  const first = await startService(env)
  try {
    const operator = await setUpOperator(first)
    const origins = ['https://comments.example']
    expect((await operator.send('POST', '/sites', { name: 'Blog', origins })).status).toBe(201)
  } finally {
    await first.close()
  }
  await expect(startService({ ...env, PUBLIC_URL: 'https://comments.example' })).rejects.toThrow(
    /^DASHBOARD_URL: the site s[0-9a-f]{16} lists https:\/\/comments\.example, where the dashboard is/,
  )
  const elsewhere = { PUBLIC_URL: 'https://comments.example', DASHBOARD_URL: 'https://admin.example' }
  await (await startService({ ...env, ...elsewhere })).dispose()
})
