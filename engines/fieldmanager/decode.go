package main

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// decode reads a body of any encoding that typed clients send, protobuf above all, as JSON.
func decode(req request) (object, error) {
	decoded, kind, err := scheme.Codecs.UniversalDeserializer().Decode(req.Data, nil, nil)
	if err != nil {
		return nil, badRequest(err)
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(decoded)
	if err != nil {
		return nil, err
	}
	content["apiVersion"], content["kind"] = kind.ToAPIVersionAndKind()
	return content, nil
}
