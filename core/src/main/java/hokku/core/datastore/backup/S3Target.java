package hokku.core.datastore.backup;

import hokku.api.Uninterruptible;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A bucket of an S3-compatible store, or a folder in one.
///
/// A large file goes there in parts, of which one at a time is in memory, and appears when the last has arrived. The store itself
/// compares each part with the checksum that is sent along, so nothing is read back; in the end the length is compared. What fails is
/// tried again with growing pauses, and no call lasts for ever.
final class S3Target implements Target {
    private static final Logger LOG = LoggerFactory.getLogger(S3Target.class);
    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;
    private static final int BAD_REQUEST = 400;
    private static final String BINARY = "application/octet-stream";

    private final String bucket;
    /// Empty, or it ends with a slash.
    private final String folder;
    private final String host;
    private final Patience patience;
    private final S3Client client;

    /// How long a store may take.
    ///
    /// @param connect to accept a connection
    /// @param silence between two signs of life
    /// @param call for one call as a whole, such as a part
    /// @param attempts at each call
    /// @param pause before the second attempt; it grows from there
    record Patience(Duration connect, Duration silence, Duration call, int attempts, Duration pause) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(45), Duration.ofMinutes(5), 6, Duration.ofSeconds(1));
        private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

        BackoffStrategy pauses() {
            return BackoffStrategy.exponentialDelayHalfJitter(pause, LONGEST_PAUSE);
        }
    }

    /// @param access empty for the role of the machine
    S3Target(String bucket, String folder, Optional<S3Access> access, Patience patience) {
        this.bucket = bucket;
        this.folder = folder.isEmpty() ? "" : folder + "/";
        this.patience = patience;
        String endpoint = access.map(S3Access::endpoint).orElse("");
        this.host = endpoint.isEmpty() ? "Amazon S3" : URI.create(endpoint).getAuthority();
        this.client = S3Connection.open(access, patience);
    }

    @Override
    public String text() {
        return "s3://" + bucket + (folder.isEmpty() ? "" : "/" + folder.substring(0, folder.length() - 1));
    }

    /// Makes a call, and words what goes wrong.
    private <T> T call(Callable<T> work) throws IOException, InterruptedException {
        try {
            return work.call();
        } catch (AbortedException interrupted) {
            throw new InterruptedException("interrupted while talking to " + host);
        } catch (SdkException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while talking to " + host);
            }
            throw new IOException(words(failed), failed);
        } catch (IOException | InterruptedException | RuntimeException known) {
            throw known;
        } catch (Exception other) {
            throw new IOException(other);
        }
    }

    private String words(SdkException failed) {
        if (failed instanceof NoSuchBucketException) {
            return "There is no bucket %s at %s. Make it there, or name another".formatted(bucket, host);
        }
        if (failed instanceof S3Exception refused) {
            String code = refused.awsErrorDetails() == null || refused.awsErrorDetails().errorCode() == null ? "" : refused.awsErrorDetails().errorCode();
            String said = "%s (%d)".formatted(code.isEmpty() ? "no reason given" : code, refused.statusCode());
            if (refused.statusCode() == FORBIDDEN || code.equals("InvalidAccessKeyId") || code.equals("SignatureDoesNotMatch")) {
                return "%s refuses the access key for bucket %s: %s. Look at key, secret and region of backup-auth, and at what the key may do there"
                        .formatted(host, bucket, said);
            }
            if (refused.statusCode() == NOT_FOUND && !code.equals("NoSuchKey")) {
                return "There is no bucket %s at %s: %s. Make it there, or name another".formatted(bucket, host, said);
            }
            return "%s answered %s%s".formatted(host, said, refused.statusCode() < BAD_REQUEST + 100 ? "" : ", " + patience.attempts() + " times");
        }
        if (root(failed) instanceof GeneralSecurityException) {
            return "The certificate of %s is not trusted: %s. Have this machine trust its authority (update-ca-certificates), and try again"
                    .formatted(host, root(failed).getMessage());
        }
        String reason = reason(failed);
        return reason.contains("credentials") ? host + " cannot be used: " + reason + ". Does the machine have a role? Else set a key with backup-auth"
                : "%s does not answer as it should, after %d attempts: %s".formatted(host, patience.attempts(), reason);
    }

    private static Throwable root(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    private static String reason(SdkException failed) {
        Throwable root = root(failed);
        String message = Optional.ofNullable(root.getMessage()).orElse(root.getClass().getSimpleName());
        // The library counts its attempts behind the message.
        return message.replaceAll("\\s*\\(SDK Attempt Count: \\d+\\)", "").strip();
    }

    @Override
    public Sink create(String name) {
        return new Parts(folder + name);
    }

    private RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length, BINARY);
    }

    private static String md5(byte[] bytes, int length) {
        try {
            java.security.MessageDigest digest = java.security.MessageDigest.getInstance("MD5");
            digest.update(bytes, 0, length);
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void put(String name, byte[] content) throws IOException, InterruptedException {
        put(folder + name, content, content.length);
    }

    private void put(String key, byte[] content, int length) throws IOException, InterruptedException {
        call(() -> client.putObject(put -> put.bucket(bucket).key(key).contentMD5(md5(content, length)), body(content, length)));
    }

    @Override
    public InputStream open(String name) throws IOException, InterruptedException {
        return new S3Reading(this, name).begun();
    }

    /// What is left of a file from somewhere on.
    ///
    /// @return a stream whose reading fails where the connection is lost
    ResponseInputStream<GetObjectResponse> read(String name, long from) throws IOException, InterruptedException {
        return call(() -> {
            try {
                return client.getObject(get -> get.bucket(bucket).key(folder + name).range("bytes=" + from + "-"));
            } catch (S3Exception none) {
                if (none.statusCode() == NOT_FOUND && !(none instanceof NoSuchBucketException)) {
                    throw new NoSuchFileException(name);
                }
                throw none;
            }
        });
    }

    Patience patience() {
        return patience;
    }

    /// The pause before another attempt.
    ///
    /// @param attempt how many were made
    Duration pause(int attempt) {
        return patience.pauses().computeDelay(attempt);
    }

    String host() {
        return host;
    }

    /// @return the length of a file; empty where there is none
    private Optional<Long> size(String key) throws IOException, InterruptedException {
        return call(() -> {
            try {
                return Optional.of(client.headObject(head -> head.bucket(bucket).key(key)).contentLength());
            } catch (S3Exception none) {
                if (none.statusCode() == NOT_FOUND) {
                    return Optional.<Long>empty();
                }
                throw none;
            }
        });
    }

    @Override
    public List<Stored> list(String prefix) throws IOException, InterruptedException {
        return call(() -> {
            List<Stored> found = new ArrayList<>();
            client.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(folder + prefix).delimiter("/")).contents()
                    .forEach(each -> found.add(new Stored(each.key().substring(folder.length()), each.size(), each.lastModified())));
            return List.copyOf(found);
        });
    }

    @Override
    public void delete(String name) throws IOException, InterruptedException {
        call(() -> client.deleteObject(delete -> delete.bucket(bucket).key(folder + name)));
    }

    @Override
    public void tidy(String prefix, Instant before) throws IOException, InterruptedException {
        call(() -> {
            client.listMultipartUploadsPaginator(list -> list.bucket(bucket).prefix(folder + prefix)).uploads().stream()
                    .filter(each -> each.key().startsWith(folder + prefix) && each.initiated().isBefore(before)).toList()
                    .forEach(each -> client.abortMultipartUpload(abort -> abort.bucket(bucket).key(each.key()).uploadId(each.uploadId())));
            return bucket;
        });
    }

    @Override
    public void close() {
        client.close();
    }

    /// A file that goes there in parts; a small one at once.
    private final class Parts extends Sink {
        private static final int FIRST_SIZE = 8 << 20;
        /// A file has at most 10,000 parts: after so many they get twice as large, so that 200 GB find room.
        private static final int SAME_SIZE = 3000;
        private static final int MOST_PARTS = 10_000;

        private final String key;
        private final List<CompletedPart> sent = new ArrayList<>();
        private byte[] part = new byte[FIRST_SIZE];
        private int length;
        private Optional<String> upload = Optional.empty();

        private Parts(String key) {
            this.key = key;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            int at = offset;
            int left = count;
            while (left > 0) {
                if (length == part.length) {
                    sendUnlessInterrupted();
                }
                int some = Math.min(left, part.length - length);
                System.arraycopy(bytes, at, part, length, some);
                length += some;
                at += some;
                left -= some;
            }
        }

        private void sendUnlessInterrupted() throws IOException {
            try {
                send();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException(interrupted.getMessage());
            }
        }

        private void send() throws IOException, InterruptedException {
            if (sent.size() == MOST_PARTS) {
                throw new IOException("The backup is too large for " + host + ": more than " + MOST_PARTS + " parts. Back up into a folder");
            }
            if (upload.isEmpty()) {
                upload = Optional.of(call(() -> client.createMultipartUpload(create -> create.bucket(bucket).key(key).contentType(BINARY)).uploadId()));
            }
            int number = sent.size() + 1;
            String tag = call(() -> client.uploadPart(each -> each.bucket(bucket).key(key).uploadId(upload.get()).partNumber(number)
                    .contentMD5(md5(part, length)), body(part, length)).eTag());
            sent.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
            length = 0;
            int size = FIRST_SIZE << Math.min(2, number / SAME_SIZE);
            if (part.length != size) {
                part = new byte[size];
            }
        }

        @Override
        void commit(long size, String sha256) throws IOException, InterruptedException {
            if (upload.isEmpty()) {
                S3Target.this.put(key, part, length);
            } else {
                if (length > 0) {
                    send();
                }
                complete(size);
            }
            Optional<Long> found = size(key);
            if (!found.equals(Optional.of(size))) {
                throw new IOException("%s has %s bytes of it, but %d were written".formatted(host, found.map(String::valueOf).orElse("no"), size));
            }
        }

        /// The answer may be lost on its way though all was done.
        private void complete(long size) throws IOException, InterruptedException {
            try {
                call(() -> client.completeMultipartUpload(end -> end.bucket(bucket).key(key).uploadId(upload.get())
                        .multipartUpload(all -> all.parts(sent))));
            } catch (IOException failed) {
                if (!size(key).equals(Optional.of(size))) {
                    throw failed;
                }
                LOG.info("{} was there though {}", key, failed.getMessage());
            }
        }

        @Override
        void abort() {
            try {
                Uninterruptible.call("abort " + key, () -> {
                    if (upload.isPresent()) {
                        call(() -> client.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(upload.get())));
                    }
                    return call(() -> client.deleteObject(delete -> delete.bucket(bucket).key(key)));
                });
            } catch (Exception failed) {
                // Parts without an end are no file; the next backup that finds them looks after them.
                LOG.warn("What was written of {} could not be removed from {}: {}", key, host, failed.getMessage());
            }
        }
    }
}
