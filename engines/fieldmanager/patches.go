package main

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

func strategicMerge(req request) (object, error) {
	kind, err := knownKind(req.Live)
	if err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergeMapPatch(req.Live, req.Patch, kind)
}

// threeWayPatch is what kubectl's client-side apply sends: strategic for built-in kinds, a JSON
// merge patch for others.
func threeWayPatch(req request) (object, error) {
	var documents [3][]byte
	for i, document := range []object{req.Original, req.Object, req.Live} {
		if document == nil {
			continue
		}
		bytes, err := json.Marshal(document)
		if err != nil {
			return nil, err
		}
		documents[i] = bytes
	}
	original, modified, current := documents[0], documents[1], documents[2]

	kind, err := knownKind(req.Object)
	if err != nil {
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(original, modified, current)
		return patchResult("merge", patch, err)
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(kind)
	if err != nil {
		return nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(original, modified, current, meta, true)
	return patchResult("strategic", patch, err)
}

func patchResult(patchType string, patch []byte, err error) (object, error) {
	if err != nil {
		return nil, err
	}
	return object{"type": patchType, "patch": json.RawMessage(patch)}, nil
}

func knownKind(content object) (runtime.Object, error) {
	kind := wrap(content).GroupVersionKind()
	known, err := scheme.Scheme.New(kind)
	if err != nil {
		return nil, unsupportedPatch(kind)
	}
	return known, nil
}
