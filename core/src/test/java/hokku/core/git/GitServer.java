package hokku.core.git;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Identity;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Serves real git clients through a stand-in for `ssh`: a script that connects its streams to a local port.
final class GitServer implements AutoCloseable {
    private static final Pattern REQUEST = Pattern.compile("(git-receive-pack|git-upload-pack) '/?([^']*)'");

    private final GitReceive receive;
    private final GitUpload upload;
    private final ServerSocket socket;
    private final Path script;

    GitServer(Path folder, GitReceive receive, GitUpload upload) throws IOException {
        this.receive = receive;
        this.upload = upload;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        script = folder.resolve("ssh-stand-in");
        Files.writeString(script, """
                #!/bin/bash
                for last; do :; done
                case "$last" in git-*) ;; *) exit 0 ;; esac
                exec 4<&0 3<>/dev/tcp/127.0.0.1/%d
                printf '%%s\\n' "$last" >&3
                cat <&4 >&3 &
                cat <&3
                kill $! 2>/dev/null
                exit 0
                """.formatted(socket.getLocalPort()));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Thread.ofVirtual().start(this::accept);
    }

    Path script() {
        return script;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket client) {
        try (client; PipedOutputStream pipe = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(pipe, 1 << 16)) {
            InputStream socketIn = new BufferedInputStream(client.getInputStream());
            Matcher request = REQUEST.matcher(readLine(socketIn));
            if (!request.matches()) {
                return;
            }
            Thread session = Thread.currentThread();
            Thread.ofVirtual().start(() -> {
                try (pipe) {
                    pump(socketIn, pipe);
                } catch (IOException gone) {
                    // the same as an end
                }
                session.interrupt();
            });
            AppName app = AppName.of(request.group(2));
            Identity by = Identity.of("somebody", "SHA256:x", Access.DEPLOY);
            OutputStream out = client.getOutputStream();
            if (request.group(1).equals("git-receive-pack")) {
                receive.receive(app, by, in, out, OutputStream.nullOutputStream());
            } else {
                upload.upload(app, by, in, out, OutputStream.nullOutputStream());
            }
        } catch (IOException | InterruptedException | RuntimeException gone) {
            // what counts is what git says at the other end
        }
    }

    /// A pipe wakes its reader at a flush only.
    private static void pump(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 15];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
