package hokku.bench;

import java.io.File;
import java.io.IOException;
import java.util.List;

/// Runs programs whose output nobody wants.
final class Commands {
    private Commands() {}

    interface Run {
        long nanos() throws IOException, InterruptedException;
    }

    static int exit(List<String> words) throws IOException, InterruptedException {
        return new ProcessBuilder(words).redirectInput(new File("/dev/null")).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    /// How long a program takes, from its start to its end.
    static long timed(List<String> words) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        int exit = exit(words);
        long duration = System.nanoTime() - begin;
        if (exit != 0) {
            throw new AssertionError(String.join(" ", words) + " ended with " + exit);
        }
        return duration;
    }

    /// Does two things in turn, so that what else happens on the machine meets both.
    static void inTurn(int warmUp, int runs, Run one, Times ofOne, Run other, Times ofOther) throws IOException, InterruptedException {
        for (int run = -warmUp; run < runs; run++) {
            long first = one.nanos();
            long second = other.nanos();
            if (run >= 0) {
                ofOne.add(first);
                ofOther.add(second);
            }
        }
    }
}
