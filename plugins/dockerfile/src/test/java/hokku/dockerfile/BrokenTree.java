package hokku.dockerfile;

import hokku.api.SourceTree;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A tree whose archive breaks off between two files.
record BrokenTree(SourceTree tree) implements SourceTree {
    @Override
    public List<Entry> entries() throws IOException {
        return tree.entries();
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        return tree.read(path);
    }

    @Override
    public void writeTar(OutputStream to, Predicate<Entry> wanted) throws IOException {
        java.io.ByteArrayOutputStream whole = new java.io.ByteArrayOutputStream();
        tree.writeTar(whole, wanted);
        to.write(whole.toByteArray(), 0, whole.size() - 1024);
        throw new IOException("the disk is gone");
    }

    @Override
    public SourceTree with(String path, byte[] content, boolean executable) {
        return new BrokenTree(tree.with(path, content, executable));
    }

    @Override
    public SourceTree below(String folder) {
        return new BrokenTree(tree.below(folder));
    }
}
