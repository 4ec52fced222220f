package main

// One record through its versions, and what does not fit it.
const (
	v1       = `{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"}]}`
	v2       = `{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"},{"name":"note","type":"string","default":"none"}]}`
	v3       = `{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"long"},{"name":"note","type":"string","default":"none"}]}`
	narrowed = `{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"int"},{"name":"amount","type":"int"}]}`
	required = `{"type":"record","name":"Order","namespace":"tenon.orders","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"},{"name":"shop","type":"string"}]}`
	part     = `{"type":"record","name":"Part","namespace":"tenon.orders","fields":[{"name":"name","type":"string"}]}`
	whole    = `{"type":"record","name":"Whole","namespace":"tenon.orders","fields":[{"name":"part","type":"tenon.orders.Part"}]}`
)
