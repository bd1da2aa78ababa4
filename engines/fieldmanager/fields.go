package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

var (
	typed   = applyconfigurations.NewTypeConverter(scheme.Scheme)
	deduced = managedfields.NewDeducedTypeConverter()
)

// Parsing the schema takes most of the first call; doing it while starting keeps calls alike.
func init() {
	_, _ = typed.ObjectToTyped(emptyOf(schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}))
}

func apply(req request) (object, error) {
	patch := wrap(req.Patch)
	manager, err := managerFor(patch.GroupVersionKind(), req)
	if err != nil {
		return nil, err
	}
	merged, err := manager.Apply(liveOf(req, patch.GroupVersionKind()), patch, req.Manager, req.Force)
	if err != nil {
		return nil, err
	}
	return normalise(merged.(*unstructured.Unstructured).Object, false)
}

func update(req request) (object, error) {
	content, err := normalise(req.Object, req.Strict)
	if err != nil {
		return nil, err
	}
	next := wrap(content)
	manager, err := managerFor(next.GroupVersionKind(), req)
	if err != nil {
		return nil, err
	}
	updated, err := manager.Update(liveOf(req, next.GroupVersionKind()), next, req.Manager)
	if err != nil {
		return nil, err
	}
	return updated.(*unstructured.Unstructured).Object, nil
}

func liveOf(req request, kind schema.GroupVersionKind) runtime.Object {
	if req.Live == nil {
		return emptyOf(kind)
	}
	return wrap(req.Live)
}

func emptyOf(kind schema.GroupVersionKind) *unstructured.Unstructured {
	empty := wrap(object{})
	empty.SetGroupVersionKind(kind)
	return empty
}

func managerFor(kind schema.GroupVersionKind, req request) (*managedfields.FieldManager, error) {
	version := kind.GroupVersion()
	reset := map[fieldpath.APIVersion]fieldpath.Filter{}
	if len(req.ResetFields) > 0 {
		paths := fieldpath.NewSet()
		for _, path := range req.ResetFields {
			steps := make([]any, len(path))
			for i, step := range path {
				steps[i] = step
			}
			paths.Insert(fieldpath.MakePathOrDie(steps...))
		}
		reset[fieldpath.APIVersion(version.String())] = fieldpath.NewExcludeSetFilter(paths)
	}
	if scheme.Scheme.Recognizes(kind) {
		return managedfields.NewDefaultFieldManager(
			typed, retyped{}, noDefaults{}, creator{}, kind, version, req.Subresource, reset)
	}
	return managedfields.NewDefaultCRDFieldManager(
		deduced, retyped{}, noDefaults{}, creator{}, kind, version, req.Subresource, reset)
}

// normalise writes an object of a built-in kind as an API server would: quantities in their
// canonical form, unknown fields dropped or, if strict, refused.
func normalise(content object, strict bool) (object, error) {
	empty, err := scheme.Scheme.New(wrap(content).GroupVersionKind())
	if err != nil {
		return content, nil
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(content, empty, strict); err != nil {
		return nil, decodingError(content, err)
	}
	return runtime.DefaultUnstructuredConverter.ToUnstructured(empty)
}

// retyped converts between versions of a kind by changing their name only, as CRDs without a
// conversion webhook do.
type retyped struct{}

func (retyped) Convert(_, _, _ any) error {
	return runtime.NewNotRegisteredErrForKind("", schema.GroupVersionKind{})
}

func (retyped) ConvertToVersion(in runtime.Object, target runtime.GroupVersioner) (runtime.Object, error) {
	kind := in.GetObjectKind().GroupVersionKind()
	wanted, ok := target.KindForGroupVersionKinds([]schema.GroupVersionKind{kind})
	if !ok {
		if version, isVersion := target.(schema.GroupVersion); isVersion {
			wanted = version.WithKind(kind.Kind)
		} else {
			return nil, runtime.NewNotRegisteredErrForTarget("", nil, target)
		}
	}
	if wanted == kind {
		return in, nil
	}
	out := in.DeepCopyObject()
	out.GetObjectKind().SetGroupVersionKind(wanted)
	return out, nil
}

func (retyped) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

// Defaults live in k8s.io/kubernetes, which is no library; the caller adds its own.
type noDefaults struct{}

func (noDefaults) Default(runtime.Object) {}

type creator struct{}

func (creator) New(kind schema.GroupVersionKind) (runtime.Object, error) { return emptyOf(kind), nil }
