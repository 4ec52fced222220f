# Writes the file IN as the byte array NAME (NUL-terminated, the NUL not counted in NAME_len) into the header OUT.
file(READ ${IN} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR length "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "((0x..,){24})" "\\1\n\t" bytes "${bytes}")
file(WRITE ${OUT} "/* Made from ${NAME} by the build. */\nstatic const char ${NAME}[] = {\n\t${bytes}0\n};\nenum { ${NAME}_len = ${length} };\n")
