package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"argosy.example/engines/abi"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// translate keeps what Kubernetes' own code says, word for word. What it does not classify an API
// server answers as an internal error, too.
func translate(err error) *abi.Error {
	var known *abi.Error
	if errors.As(err, &known) {
		return known
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return &abi.Error{Code: http.StatusInternalServerError, Message: err.Error()}
	}
	s := status.Status()
	failure := &abi.Error{Code: int(s.Code), Reason: string(s.Reason), Message: s.Message}
	if s.Details != nil {
		for _, cause := range s.Details.Causes {
			failure.Causes = append(failure.Causes, abi.Cause{
				Reason: string(cause.Type), Message: cause.Message, Field: cause.Field,
			})
		}
	}
	return failure
}

func badRequest(err error) *abi.Error {
	return &abi.Error{Code: http.StatusBadRequest, Reason: "BadRequest", Message: err.Error()}
}

func decodingError(content object, err error) error {
	kind := wrap(content).GroupVersionKind()
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		var problems []string
		for _, problem := range strict.Errors() {
			problems = append(problems, problem.Error())
		}
		return badRequest(fmt.Errorf("%s in version %q cannot be handled as a %s: strict decoding error: %s",
			kind.Kind, kind.Version, kind.Kind, strings.Join(problems, ", ")))
	}
	return badRequest(fmt.Errorf("%s in version %q cannot be handled as a %s: %w", kind.Kind, kind.Version, kind.Kind, err))
}

func unsupportedPatch(kind schema.GroupVersionKind) *abi.Error {
	return &abi.Error{
		Code:    http.StatusUnsupportedMediaType,
		Reason:  "UnsupportedMediaType",
		Message: fmt.Sprintf("strategic merge patch is not supported for %s", kind.GroupKind()),
	}
}
