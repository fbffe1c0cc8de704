package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What of the machine's memory programs can still have.
final class Memory implements Examination {
    private static final long LITTLE = 128 << 10;
    private static final long HARDLY_ANY = 32 << 10;

    private final Path table;

    /// @param table the kernel's account of it, `/proc/meminfo`
    Memory(Path table) {
        this.table = table;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Finding> examine() throws IOException {
        String text = Files.readString(table);
        long available = kilobytes(text, "MemAvailable");
        long swap = kilobytes(text, "SwapFree");
        String left = "%d MB of %d MB are available, and %d MB of swap".formatted(available >> 10, kilobytes(text, "MemTotal") >> 10, swap >> 10);
        String remedy = "Scale apps down (ps:scale), stop what else runs here, or give the machine more memory";
        if (available + swap < HARDLY_ANY) {
            return List.of(Finding.wrong(left, remedy));
        }
        return List.of(available < LITTLE ? Finding.warning(left, remedy) : Finding.well(left));
    }

    private static long kilobytes(String text, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":\\s+(\\d+) kB").matcher(text);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }
}
