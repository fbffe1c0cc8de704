/// What the author of a plugin needs: [Plugin] is where it begins.
///
/// Values are immutable and made by factories and `with…` methods; their canonical constructors are outside the promise.
package hokku.api;
