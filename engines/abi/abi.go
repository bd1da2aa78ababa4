// Package abi is the border between an engine and its host: JSON bytes in, JSON bytes out, through
// the linear memory of a WebAssembly reactor.
package abi

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"unsafe"
)

// Error is how a request fails as a value; its fields are those of a Kubernetes Status.
type Error struct {
	Code    int     `json:"code"`
	Reason  string  `json:"reason"`
	Message string  `json:"message"`
	Causes  []Cause `json:"causes,omitempty"`
}

// Cause names one of several reasons, as in details.causes of a Status.
type Cause struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Field   string `json:"field"`
}

func (e *Error) Error() string { return e.Message }

type answer struct {
	Result any    `json:"result,omitempty"`
	Error  *Error `json:"error,omitempty"`
	// Panic means that this instance must not be used again.
	Panic string `json:"panic,omitempty"`
}

// The collector cannot see what the host holds, so these keep the last request and answer alive.
var input, output []byte

var handle func(request []byte) (any, *Error)

// Serve registers the function that answers requests. Engines have no need of many small
// collections, and every megabyte of theirs is resident: the heap is kept tight (docs/adr/0008).
func Serve(handler func(request []byte) (any, *Error)) {
	debug.SetGCPercent(25)
	debug.SetMemoryLimit(48 << 20)
	handle = handler
}

//go:wasmexport argosy_alloc
func alloc(size int32) int32 {
	input = make([]byte, max(size, 1))
	return int32(uintptr(unsafe.Pointer(&input[0])))
}

// run answers the request of the given size; pointer in the upper 32 bits, length in the lower.
//
//go:wasmexport argosy_run
func run(size int32) uint64 {
	output = encode(respond(input[:size]))
	input = nil
	return uint64(uintptr(unsafe.Pointer(&output[0])))<<32 | uint64(len(output))
}

func respond(request []byte) (reply answer) {
	defer func() {
		if cause := recover(); cause != nil {
			reply = answer{Panic: fmt.Sprint(cause)}
		}
	}()
	result, failure := handle(request)
	if failure != nil {
		return answer{Error: failure}
	}
	return answer{Result: result}
}

func encode(reply answer) []byte {
	bytes, err := json.Marshal(reply)
	if err != nil {
		bytes, _ = json.Marshal(answer{Panic: err.Error()})
	}
	return bytes
}
