package main

import "knative.dev/pkg/apis"

// errorAnswer spells a FieldError out: the text of each level, and its errors merged and sorted as Knative prints them.
func errorAnswer(err *apis.FieldError) answer {
	result := answer{"error": "", "warnings": "", "errors": []answer{}}
	if failed := err.Filter(apis.ErrorLevel); failed != nil {
		result["error"] = failed.Error()
	}
	if warned := err.Filter(apis.WarningLevel); warned != nil {
		result["warnings"] = warned.Error()
	}

	wrapped := err.WrappedErrors()
	list := make([]answer, 0, len(wrapped))
	for _, one := range wrapped {
		list = append(list, answer{
			"paths":   one.Paths,
			"message": one.Message,
			"details": one.Details,
			"level":   one.Level.String(),
		})
	}
	result["errors"] = list
	return result
}
