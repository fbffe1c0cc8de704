package hokku.testkit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Finds networks for labs that collide with nothing that this machine has a way to.
final class FreeNetworks {
    /// Neither from these does an engine take networks of containers by itself, nor anything in these tests. The second is for
    /// measurements of networks, in case that the machine has a way to all of the first.
    private static final List<String> RANGES = List.of("10.98", "198.18");
    private static final int NETWORKS = 256;
    private static final Pattern DESTINATION = Pattern.compile("(?:[a-z]+ )?(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)(?:/(\\d+))? .*");

    private FreeNetworks() {}

    /// In an order that differs from call to call.
    static List<LabNetwork> find() throws IOException {
        List<Block> routed = Program.demand("ip", "-4", "-oneline", "route", "show", "table", "all").lines()
                .flatMap(FreeNetworks::destination).toList();
        int first = ThreadLocalRandom.current().nextInt(NETWORKS);
        return RANGES.stream().flatMap(range -> IntStream.range(0, NETWORKS).mapToObj(each -> range + "." + (first + each) % NETWORKS))
                .filter(prefix -> routed.stream().noneMatch(block -> block.overlaps(Block.of(prefix)))).map(LabNetwork::new).toList();
    }

    /// Where a route leads to; a default route leads nowhere in particular.
    private static Stream<Block> destination(String route) {
        Matcher matcher = DESTINATION.matcher(route + " ");
        if (!matcher.matches()) {
            return Stream.empty();
        }
        long address = IntStream.rangeClosed(1, 4).mapToLong(each -> Long.parseLong(matcher.group(each))).reduce(0, (sum, next) -> sum << 8 | next);
        int length = matcher.group(5) == null ? 32 : Integer.parseInt(matcher.group(5));
        return length == 0 ? Stream.empty() : Stream.of(new Block(address, length));
    }

    private record Block(long address, int length) {
        static Block of(String prefix) {
            String[] parts = prefix.split("\\.");
            return new Block(Stream.of(parts).mapToLong(Long::parseLong).reduce(0, (sum, next) -> sum << 8 | next) << 8, 24);
        }

        boolean overlaps(Block other) {
            int bits = 32 - Math.min(length, other.length);
            return address >> bits == other.address >> bits;
        }
    }
}
