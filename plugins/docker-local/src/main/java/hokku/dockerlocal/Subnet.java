package hokku.dockerlocal;

import hokku.api.UserError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A range of IPv4 addresses: `10.213.0.0/16`.
///
/// @param address the first one, as a number
/// @param length how many leading bits they share
record Subnet(long address, int length) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
    private static final int BITS = 32;

    Subnet {
        if (length < 0 || length > BITS || address < 0 || address >= 1L << BITS) {
            throw new IllegalArgumentException("no subnet: " + address + "/" + length);
        }
        address = address >> (BITS - length) << (BITS - length);
    }

    /// @throws UserError when the text is no IPv4 subnet
    static Subnet of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches() && Integer.parseInt(matcher.group(5)) <= BITS) {
            long address = 0;
            boolean bytes = true;
            for (int group = 1; group <= 4; group++) {
                int next = Integer.parseInt(matcher.group(group));
                bytes &= next <= 255;
                address = address << 8 | next;
            }
            if (bytes) {
                return new Subnet(address, Integer.parseInt(matcher.group(5)));
            }
        }
        throw new UserError("Not an IPv4 subnet: use one like 10.213.0.0/16");
    }

    static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    long size() {
        return 1L << (BITS - length);
    }

    boolean overlaps(Subnet other) {
        return address < other.address + other.size() && other.address < address + size();
    }

    /// How many smaller subnets of a length it is made of.
    long parts(int partLength) {
        return partLength < length ? 0 : 1L << (partLength - length);
    }

    Subnet part(long index, int partLength) {
        return new Subnet(address + (index << (BITS - partLength)), partLength);
    }

    @Override
    public String toString() {
        return "%d.%d.%d.%d/%d".formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255, length);
    }
}
