// What goes in and what comes out.
#pragma once

#include "frame/input_frame.h"
#include "frame/packet.h"
