-- Health of a ScalingSchedule: whether it holds what it asks for. One that is suspended is meant to do nothing.
if obj.spec ~= nil and obj.spec.suspend == true then
  return {status = "Suspended", message = "suspended: min-scale is what its author wrote"}
end
local status = obj.status
if status == nil or status.conditions == nil then
  return {status = "Progressing", message = "nobody has looked at it yet"}
end
if status.observedGeneration ~= nil and status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "the status is of an earlier generation"}
end
for _, condition in ipairs(status.conditions) do
  if condition.type == "Ready" then
    local message = condition.message or condition.reason or ""
    if condition.status == "True" then
      return {status = "Healthy", message = message}
    end
    -- Its service may be on its way: no Revision of it is ready, or none has traffic yet.
    local isEarly = condition.reason == "Waiting" or condition.reason == "NothingToHold"
    if condition.status == "False" and not isEarly then
      return {status = "Degraded", message = message}
    end
    return {status = "Progressing", message = message}
  end
end
return {status = "Progressing", message = "there is no condition Ready yet"}
