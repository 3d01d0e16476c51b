-- Health of what follows Knative's conditions: Service, Broker, Trigger, PingSource. What the status says counts only
-- once it is about the object as it is now (status.observedGeneration): else a change that has just been applied would
-- be Healthy by what held before it.
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
    if condition.status == "False" then
      return {status = "Degraded", message = message}
    end
    return {status = "Progressing", message = message}
  end
end
return {status = "Progressing", message = "there is no condition Ready yet"}
