package hokku.swarm.registry;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/// The few forms of ASN.1 in DER that a certificate is made of.
final class Der {
    private static final int LAST_YEAR_IN_TWO_DIGITS = 2049;

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return tagged(0x30, join(parts));
    }

    static byte[] integer(BigInteger number) {
        return tagged(0x02, number.toByteArray());
    }

    static byte[] truth() {
        return tagged(0x01, (byte) 0xff);
    }

    static byte[] octets(byte[] content) {
        return tagged(0x04, content);
    }

    /// @param unused how many bits of the last byte do not count
    static byte[] bits(int unused, byte[] content) {
        return tagged(0x03, join(new byte[] {(byte) unused}, content));
    }

    /// @param dotted `1.2.840.10045.4.3.2`
    static byte[] identifier(String dotted) {
        String[] numbers = dotted.split("\\.");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(Integer.parseInt(numbers[0]) * 40 + Integer.parseInt(numbers[1]));
        for (int i = 2; i < numbers.length; i++) {
            int number = Integer.parseInt(numbers[i]);
            for (int shift = 28; shift > 0; shift -= 7) {
                if (number >> shift != 0) {
                    bytes.write(number >> shift & 0x7f | 0x80);
                }
            }
            bytes.write(number & 0x7f);
        }
        return tagged(0x06, bytes.toByteArray());
    }

    static byte[] time(Instant instant) {
        ZonedDateTime time = instant.atZone(ZoneOffset.UTC);
        boolean two = time.getYear() <= LAST_YEAR_IN_TWO_DIGITS;
        String text = DateTimeFormatter.ofPattern((two ? "yy" : "yyyy") + "MMddHHmmss'Z'").format(time);
        return tagged(two ? 0x17 : 0x18, text.getBytes(StandardCharsets.US_ASCII));
    }

    /// Something with the number that a context gives it.
    ///
    /// @param constructed whether it holds others
    static byte[] numbered(int number, boolean constructed, byte[] content) {
        return tagged((constructed ? 0xa0 : 0x80) | number, content);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] tagged(int tag, byte... content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(tag);
        if (content.length < 0x80) {
            bytes.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int sign = length[0] == 0 ? 1 : 0;
            bytes.write(0x80 | length.length - sign);
            bytes.write(length, sign, length.length - sign);
        }
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }
}
