import { CfnOutput } from 'aws-cdk-lib'
import { Architecture, Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

export interface EnginesLayerProps {
  /** Folder of the built engines. */
  readonly folder: string
  /** Its unpacked size, which counts towards Lambda's 250 MB. */
  readonly sizeBytes: number
}

/** Lambda unpacks layers here. */
export const LAYER_ROOT = '/opt'

/** The engines, built once and shared by the functions that render. */
export class EnginesLayer extends Construct {
  readonly layer: LayerVersion

  constructor(scope: Construct, id: string, { folder, sizeBytes }: EnginesLayerProps) {
    super(scope, id)
    this.layer = new LayerVersion(this, 'Layer', {
      code: Code.fromAsset(folder),
      description: `Argosy engines, ${sizeBytes} bytes unpacked`,
      compatibleArchitectures: [Architecture.ARM_64],
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    })
    new CfnOutput(this, 'UnpackedBytes', { value: String(sizeBytes) })
  }
}
