/** The size a test runs in: short in every check, full in the long one (`npm run verify:long`). */
export const sized = <T>(short: T, full: T): T => (process.env.TEST_SIZE === 'full' ? full : short)
