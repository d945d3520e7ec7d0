/** For conditions that come about soon on a machine with nothing else to do. */
export const PATIENCE = { timeout: 15_000, interval: 20 }

/** Long enough for a test with several of them. */
export const PATIENT_TEST_MS = 90_000
