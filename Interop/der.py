"""DER by hand, for clients whose messages no program on the shelf makes: nothing of it is shared with what it tries."""


def tlv(tag, *contents):
    content = b"".join(contents)
    if len(content) < 128:
        return bytes([tag, len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(content).to_bytes(size, "big") + content


def sequence(*members):
    return tlv(0x30, *members)


def set_of(*members):
    return tlv(0x31, *sorted(members))


def explicit(number, *members):
    return tlv(0xA0 | number, *members)


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(content):
    return tlv(0x04, content)


def bits(content):
    return tlv(0x03, b"\0", content)


def printable(text):
    return tlv(0x13, text.encode())


NULL = b"\x05\x00"


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytearray()
    for value in [first * 40 + second, *rest]:
        chunk = [value & 0x7F]
        while value := value >> 7:
            chunk.append(0x80 | value & 0x7F)
        out += bytes(reversed(chunk))
    return tlv(0x06, bytes(out))


def read(encoded):
    """(tag, content, whole, what follows) of the first element."""
    size, start = encoded[1], 2
    if size & 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(encoded[2:2 + count], "big"), 2 + count
    return encoded[0], encoded[start:start + size], encoded[:start + size], encoded[start + size:]


def members(content):
    """(tag, content, whole) of each element."""
    found = []
    while content:
        tag, inner, whole, content = read(content)
        found.append((tag, inner, whole))
    return found


def inside(encoded):
    """The members of the one element that this is."""
    return members(read(encoded)[1])
