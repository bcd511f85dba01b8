// The elements: TesseraAv1Enc is `av1enc`, TesseraAv1EncAlias is the same under a name nobody else claims.
#pragma once

#include <gst/video/gstvideoencoder.h>

namespace tessera::gst {
struct ElementState;
}

struct TesseraAv1Enc {
  GstVideoEncoder parent;
  tessera::gst::ElementState* state;
};
struct TesseraAv1EncClass {
  GstVideoEncoderClass parent_class;
};

struct TesseraAv1EncAlias {
  TesseraAv1Enc parent;
};
struct TesseraAv1EncAliasClass {
  TesseraAv1EncClass parent_class;
};

GType tessera_av1_enc_get_type();
GType tessera_av1_enc_alias_get_type();
