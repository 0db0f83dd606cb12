-- The request comes by the environment, so that no token stands in the list of processes.
local body = os.getenv('BENCH_BODY')
local number = tonumber(os.getenv('BENCH_FIRST'))

wrk.method = os.getenv('BENCH_METHOD')
wrk.body = body ~= '' and body or nil
for line in os.getenv('BENCH_HEADERS'):gmatch('[^\n]+') do
  local name, value = line:match('^(.-): (.*)$')
  wrk.headers[name] = value
end

-- Only where it is defined, wrk makes each request anew.
if body:find('{number}', 1, true) then
  function request()
    number = number + 1
    return wrk.format(nil, nil, nil, (body:gsub('{number}', tostring(number))))
  end
end

function done(summary, latency, _)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\n{"microseconds": %d, "answers": %d, "refused": %d, "broken": %d, "p50": %d, "p99": %d}\n',
    summary.duration, summary.requests, errors.status, broken,
    latency:percentile(50), latency:percentile(99)))
end
