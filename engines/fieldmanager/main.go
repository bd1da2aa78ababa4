// Command fieldmanager is Kubernetes' own merge machinery as an engine: server-side apply with
// managed fields and conflicts, the bookkeeping of other writes, strategic and three-way patches.
package main

import (
	"fmt"

	"argosy.example/engines/abi"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
)

func main() {}

func init() { abi.Serve(serve) }

const version = 1

type object = map[string]any

type request struct {
	Version   int    `json:"version"`
	Operation string `json:"operation"`
	// Live is the object as it is stored; absent when there is none.
	Live object `json:"live"`
	// Object is the whole new object of an update.
	Object object `json:"object"`
	// Patch is what is applied, or a strategic merge patch.
	Patch object `json:"patch"`
	// Original is what was applied before, for a three-way patch.
	Original    object `json:"original"`
	Manager     string `json:"manager"`
	Force       bool   `json:"force"`
	Subresource string `json:"subresource"`
	// ResetFields are the paths that this door may not write, such as ["status"].
	ResetFields [][]string `json:"resetFields"`
	// Data is a body to decode, in base64.
	Data []byte `json:"data"`
	// Strict refuses fields that the kind does not have.
	Strict bool `json:"strict"`
}

func serve(bytes []byte) (any, *abi.Error) {
	var req request
	if err := json.Unmarshal(bytes, &req); err != nil {
		return nil, badRequest(err)
	}
	if req.Version != version {
		return nil, badRequest(fmt.Errorf("request version %d is not served, only %d", req.Version, version))
	}
	result, err := operate(req)
	if err != nil {
		return nil, translate(err)
	}
	return result, nil
}

func operate(req request) (object, error) {
	switch req.Operation {
	case "apply":
		return apply(req)
	case "update":
		return update(req)
	case "strategicMerge":
		return strategicMerge(req)
	case "threeWayPatch":
		return threeWayPatch(req)
	case "decode":
		return decode(req)
	default:
		return nil, badRequest(fmt.Errorf("operation %q is not served", req.Operation))
	}
}

func wrap(content object) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: content}
}
