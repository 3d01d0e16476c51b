# The nearest equivalent of Weir's shipped prod policy that is short enough to read: seven checks.
package main

import rego.v1

template := input.spec.template

annotation(key) := to_number(template.metadata.annotations[concat("/", ["autoscaling.knative.dev", key])])

deny contains sprintf("%s: min-scale is below 1", [input.metadata.name]) if annotation("min-scale") < 1

deny contains sprintf("%s: max-scale is above 50", [input.metadata.name]) if annotation("max-scale") > 50

deny contains sprintf("%s: no max-scale", [input.metadata.name]) if not annotation("max-scale")

deny contains sprintf("%s: registry of %s", [input.metadata.name, container.image]) if {
	some container in template.spec.containers
	not startswith(container.image, "registry.example.com/")
}

deny contains sprintf("%s: tag of %s", [input.metadata.name, container.image]) if {
	some container in template.spec.containers
	endswith(container.image, ":latest")
}

deny contains sprintf("%s: cpu limit above 4", [input.metadata.name]) if {
	some container in template.spec.containers
	units.parse(container.resources.limits.cpu) > 4
}

deny contains sprintf("%s: memory limit above 8Gi", [input.metadata.name]) if {
	some container in template.spec.containers
	units.parse_bytes(container.resources.limits.memory) > 8589934592
}

warn contains sprintf("%s: no readiness probe", [input.metadata.name]) if {
	some container in template.spec.containers
	not container.readinessProbe
}
