# The nearest equivalent of Weir's shipped prod policy that is short enough to read: ten checks of a Knative Service.
package system

import rego.v1

main := {
	"apiVersion": "admission.k8s.io/v1",
	"kind": "AdmissionReview",
	"response": response,
}

response := {"uid": input.request.uid, "allowed": true, "warnings": [message | some message in warn]} if count(deny) == 0

response := {
	"uid": input.request.uid,
	"allowed": false,
	"status": {"code": 403, "reason": "Forbidden", "message": concat("\n", deny)},
	"warnings": [message | some message in warn],
} if count(deny) > 0

template := input.request.object.spec.template

annotation(key) := to_number(template.metadata.annotations[concat("/", ["autoscaling.knative.dev", key])])

default minimum := 0

minimum := annotation("min-scale")

deny contains sprintf("min-scale is %v, and prod allows 1 to 20", [minimum]) if minimum < 1

deny contains sprintf("min-scale is %v, and prod allows 1 to 20", [minimum]) if minimum > 20

default maximum := 0

maximum := annotation("max-scale")

deny contains "max-scale is unlimited, and prod allows at most 50" if maximum == 0

deny contains sprintf("max-scale is %v, and prod allows at most 50", [maximum]) if maximum > 50

registries := ["registry.example.com/", "ghcr.io/knative/"]

from_ours(image) if {
	some registry in registries
	startswith(image, registry)
}

deny contains sprintf("image %v is not from one of our registries", [container.image]) if {
	some container in template.spec.containers
	not from_ours(container.image)
}

deny contains sprintf("the tag of %v moves", [container.image]) if {
	some container in template.spec.containers
	endswith(container.image, ":latest")
}

deny contains sprintf("the CPU limit is %v, and prod allows at most 4", [container.resources.limits.cpu]) if {
	some container in template.spec.containers
	units.parse(container.resources.limits.cpu) > 4
}

deny contains sprintf("the memory limit is %v, and prod allows at most 8Gi", [container.resources.limits.memory]) if {
	some container in template.spec.containers
	units.parse_bytes(container.resources.limits.memory) > 8589934592
}

deny contains sprintf("the CPU request is %v, and prod allows at most 2", [container.resources.requests.cpu]) if {
	some container in template.spec.containers
	units.parse(container.resources.requests.cpu) > 2
}

deny contains "timeoutSeconds is above 300" if template.spec.timeoutSeconds > 300

deny contains "privilege escalation is allowed" if {
	some container in template.spec.containers
	not container.securityContext.allowPrivilegeEscalation == false
}

drops_all(container) if "ALL" in container.securityContext.capabilities.drop

deny contains "capabilities are not dropped" if {
	some container in template.spec.containers
	not drops_all(container)
}

warn contains "no readiness probe" if {
	some container in template.spec.containers
	not container.readinessProbe
}
