/* The text of google/protobuf/descriptor.proto: what a FileDescriptorProto is. */
#ifndef COMPAT_PROTOBUF_KNOWN_DESCRIPTOR_H
#define COMPAT_PROTOBUF_KNOWN_DESCRIPTOR_H

extern const char pbuf_known_descriptor[];

#endif
