/** 2025-01-01: times are relative to it, so that numbers are small enough for fractions of a millisecond. */
const BASE_AT = 1_735_689_600_000

/**
 * The beginning of a script: `now` in milliseconds, by the server's clock, which all nodes share, unless ARGV[1] is a time.
 */
export const SERVER_TIME = `
local now = tonumber(ARGV[1])
if now then now = now - ${BASE_AT} else
  local time = redis.call('TIME')
  now = (tonumber(time[1]) - ${BASE_AT / 1_000}) * 1000 + tonumber(time[2]) / 1000
end`
