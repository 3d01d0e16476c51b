-- Health of a TrafficRollout: Suspended while it waits for somebody, Degraded once the newest Revision has failed. Its
-- Service is Healthy all the time: stable serves.
local status = obj.status
if status == nil or status.conditions == nil then
  return {status = "Progressing", message = "nobody has looked at it yet"}
end
if status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "the status is of an earlier generation"}
end
local found = {}
for _, condition in ipairs(status.conditions) do
  found[condition.type] = condition
end
local ready = found.Ready
if ready == nil then
  return {status = "Progressing", message = "there is no condition Ready yet"}
end
local message = ready.message or ready.reason or ""
-- a spec that cannot be read, a failed Revision, a stable one that is gone
if ready.status == "False" then
  return {status = "Degraded", message = message}
end
if ready.status == "True" then
  return {status = "Healthy", message = message}
end
local suspended = found.Suspended
if suspended ~= nil and suspended.status == "True" then
  return {status = "Suspended", message = suspended.message or message}
end
return {status = "Progressing", message = message}
