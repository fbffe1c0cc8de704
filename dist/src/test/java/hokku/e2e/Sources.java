package hokku.e2e;

import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/// Repositories of small apps.
public final class Sources {
    /// The label of every layer that this run of the tests makes, by which one that nobody owns is found.
    static final String MARK = "hokku.e2e=" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    private static final String DOCKERFILE = """
            FROM busybox:latest
            LABEL %s
            %sCOPY page /www/index.html
            EXPOSE 5000
            STOPSIGNAL SIGKILL
            CMD ["sh", "-c", "env > /www/env; echo started; exec httpd -f -p 5000 -h /www"]
            """;

    /// What every stack can run. It ends at once when it is told to.
    private static final String SERVE = """
            use strict; use warnings; use IO::Socket::INET;
            $SIG{TERM} = sub { exit };
            my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1) or die $!;
            open my $file, '<', 'page' or die $!; my $page = join '', <$file>;
            while (my $client = $server->accept) {
                my $request = <$client> // '';
                while (my $line = <$client>) { last if $line =~ /^\\r?\\n$/ }
                my $body = $request =~ m{^GET /env } ? join '', map { "$_=$ENV{$_}\\n" } sort keys %ENV : $page;
                print $client "HTTP/1.0 200 OK\\r\\nContent-Length: ", length $body, "\\r\\n\\r\\n", $body;
                close $client;
            }
            """;

    private Sources() {}

    /// Answers with a page, and with its environment at `/env`.
    public static Map<String, String> page(String text) {
        return Map.of("Dockerfile", DOCKERFILE.formatted(MARK, ""), "page", text);
    }

    /// The same with one more step in its build.
    static Map<String, String> page(String text, String step) {
        return Map.of("Dockerfile", DOCKERFILE.formatted(MARK, "RUN " + step + "\n"), "page", text);
    }

    /// Source code without a Dockerfile: answers with a page, and with its environment at `/env`.
    static Map<String, String> program(String page) {
        return Map.of("Procfile", "web: perl serve\n", "serve", SERVE, "page", page);
    }

    /// The same, built by a buildpack in the source.
    ///
    /// @param compile what that does, in bash
    static Map<String, String> compiled(String page, String compile) {
        Map<String, String> files = new TreeMap<>(program(page));
        files.put(".buildpacks", "./pack\n");
        files.put("pack/bin/detect", "#!/bin/sh\necho Tested\n");
        files.put("pack/bin/compile", "#!/usr/bin/env bash\n" + compile + "\n");
        return files;
    }
}
