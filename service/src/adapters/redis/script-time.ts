/** Times count from here, so that numbers stay small enough to keep fractions of a millisecond: 2025-01-01. */
const BASE_AT = 1_735_689_600_000

/**
 * The opening of a script: `now` in milliseconds by the server's clock, one for all nodes, unless ARGV[1] gives another.
 */
export const SERVER_TIME = `
local now = tonumber(ARGV[1])
if now then now = now - ${BASE_AT} else
  local time = redis.call('TIME')
  now = (tonumber(time[1]) - ${BASE_AT / 1_000}) * 1000 + tonumber(time[2]) / 1000
end`
