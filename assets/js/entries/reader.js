// The reader for browsers without one of their own: a file apart, since most phones never fetch it.
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

export function detector(wasm) {
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}
