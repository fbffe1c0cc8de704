package hokku.core.datastore.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Date;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPPBEEncryptedData;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBEDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBEKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

/// Encrypts with a passphrase in the form of OpenPGP, so that `gpg --decrypt` opens it wherever there is no Hokku.
///
/// AES with 256 bits and protection of the integrity; dumps are compressed already, or compress badly, so nothing is compressed.
final class Encryption {
    private static final int CHUNK = 64 * 1024;
    /// How often the passphrase is hashed, in the coded form of OpenPGP: the most that it knows, 65 million bytes.
    private static final int HASHED = 0xff;

    private Encryption() {}

    /// What is written to it goes on encrypted. Closing it ends the message, and leaves the other stream open.
    static OutputStream encrypt(OutputStream to, String passphrase) throws IOException {
        try {
            PGPEncryptedDataGenerator message = new PGPEncryptedDataGenerator(
                    new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256).setWithIntegrityPacket(true).setSecureRandom(new SecureRandom()));
            message.addMethod(new BcPBEKeyEncryptionMethodGenerator(passphrase.toCharArray(),
                    new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA256), HASHED));
            OutputStream outer = message.open(to, new byte[CHUNK]);
            OutputStream inner = new PGPLiteralDataGenerator().open(outer, PGPLiteralData.BINARY, "", new Date(0), new byte[CHUNK]);
            return new Nested(inner, outer);
        } catch (PGPException failed) {
            throw new IOException("The backup could not be encrypted: " + failed.getMessage(), failed);
        }
    }

    /// @throws WrongPassphrase when the passphrase is another one
    /// @throws IOException when it is not encrypted; from reading also when something was changed in it
    static InputStream decrypt(InputStream from, String passphrase) throws IOException {
        try {
            if (!(new BcPGPObjectFactory(from).nextObject() instanceof PGPEncryptedDataList list)
                    || !(list.get(0) instanceof PGPPBEEncryptedData data)) {
                throw new IOException("it is not encrypted with a passphrase");
            }
            InputStream outer = data.getDataStream(new BcPBEDataDecryptorFactory(passphrase.toCharArray(), new BcPGPDigestCalculatorProvider()));
            if (!(new BcPGPObjectFactory(outer).nextObject() instanceof PGPLiteralData literal)) {
                throw new WrongPassphrase();
            }
            return new Verified(literal.getInputStream(), data);
        } catch (PGPException failed) {
            throw new WrongPassphrase();
        } catch (RuntimeException broken) {
            // With a wrong passphrase that passes the quick check by chance, what follows is noise.
            throw new IOException("it cannot be decrypted: " + broken.getMessage(), broken);
        }
    }

    static final class WrongPassphrase extends IOException {
        private static final long serialVersionUID = 1L;

        WrongPassphrase() {
            super("The passphrase does not open it");
        }
    }

    private static final class Nested extends OutputStream {
        private final OutputStream inner;
        private final OutputStream outer;

        private Nested(OutputStream inner, OutputStream outer) {
            this.inner = inner;
            this.outer = outer;
        }

        @Override
        public void write(int value) throws IOException {
            inner.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            inner.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            inner.close();
            outer.close();
        }
    }

    /// At its end it looks whether nothing was changed.
    private static final class Verified extends FilterInputStream {
        private final PGPPBEEncryptedData data;
        private boolean ended;

        private Verified(InputStream in, PGPPBEEncryptedData data) {
            super(in);
            this.data = data;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count;
            try {
                count = in.read(bytes, offset, length);
            } catch (RuntimeException broken) {
                throw new IOException("it cannot be decrypted: " + broken.getMessage(), broken);
            }
            if (count < 0 && !ended) {
                ended = true;
                try {
                    if (!data.verify()) {
                        throw new IOException("it was changed after it had been encrypted");
                    }
                } catch (PGPException failed) {
                    throw new IOException("it cannot be decrypted to its end: " + failed.getMessage(), failed);
                }
            }
            return count;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
